// Colours of the style sheet for what is painted on a canvas: `light-dark()` is only settled where it is somebody's colour.

/** Read custom properties as colours, such as `colours(box, "paper", "ink")`. */
export function colours<Name extends string>(box: HTMLElement, ...names: Name[]): Record<Name, string> {
  const probe = document.createElement("span");
  box.append(probe);
  const found = {} as Record<Name, string>;
  for (const name of names) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

/** Call back whenever the reader changes between light and dark. */
export function onTheme(changed: () => void): void {
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
