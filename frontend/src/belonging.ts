// What a division makes of belonging, in words.
import type { Lost } from "./board";

/** Says one thing in the reader's language. */
export type Say = (chinese: string, english: string) => string;

export function told({ leaving, felt, parted }: Lost, say: Say): string[] {
  const kinds = { compound: say("小区", "compound"), school: say("学区", "school area"), police: say("警务区", "police area") };
  return [
    ...leaving.map(({ from, to, households }) => {
      const many = households.toLocaleString("en");
      return to ? say(`${many}户离开${from}，归${to}`, `${many} households leave ${from} for ${to}`) : say(`${many}户离开${from}，还没有归属`, `${many} households leave ${from} and are open`);
    }),
    ...felt.map(({ one, other, households }) => say(`${households}户受访居民认为“${one}”和“${other}”是一片，现在分开了`, `${households} households asked feel “${one}” and “${other}” belong together; they come apart`)),
    ...parted.map(({ kind, name, zones }) => say(`${kinds[kind]}“${name}”分到${zones}个社区`, `The ${kinds[kind]} “${name}” lies in ${zones} communities`)),
  ];
}
