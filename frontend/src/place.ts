// “Use my position” on 查我家属于哪个社区: offered where the browser can say it; the position goes to this page alone.
const button = document.querySelector<HTMLButtonElement>("[data-locate]");
const say = document.querySelector<HTMLElement>("[data-locate-say]");

if (button && say && "geolocation" in navigator && window.isSecureContext) {
  button.hidden = false;
  const tell = (words: string | undefined): void => {
    say.textContent = words ?? "";
    say.hidden = !words;
  };
  button.addEventListener("click", () => {
    button.disabled = true;
    tell(say.dataset.busy);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const query = new URLSearchParams({ longitude: coords.longitude.toFixed(5), latitude: coords.latitude.toFixed(5) });
        location.assign(`${button.dataset.locate}?${query}`);
      },
      (error) => {
        button.disabled = false;
        tell(error.code === error.PERMISSION_DENIED ? say.dataset.denied : say.dataset.failed);
      },
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    );
  });
}
