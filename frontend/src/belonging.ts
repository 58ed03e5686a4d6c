// What a division makes of belonging, in words.
import type { Lost } from "./board";

/** Says one thing in the reader's language. */
export type Say = (chinese: string, english: string) => string;

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)}%`;

export function told({ leaving, theirs, felt, parted }: Lost, say: Say): string[] {
  const kinds = { compound: say("小区", "compound"), school: say("学区", "school area"), police: say("警务区", "police area") };
  return [
    ...leaving.map(({ from, to, households }) => {
      const many = households.toLocaleString("en");
      return to ? say(`${many}户离开${from}，归${to}`, `${many} households leave ${from} for ${to}`) : say(`${many}户离开${from}，还没有归属`, `${many} households leave ${from} and are open`);
    }),
    ...theirs.map(({ place, community, asked, agreed }) => say(`“${place}”受访${asked}户，${percent(agreed, asked)}认同${community}，现在不归它`, `Of ${asked} households asked in “${place}” ${percent(agreed, asked)} call ${community} theirs; they leave it`)),
    ...felt.map(({ one, other, households, asked, agreed }) => asked ? say(`受访${asked}户中${percent(agreed, asked)}认同“${one}”和“${other}”是一片，现在分开了`, `Of ${asked} households asked ${percent(agreed, asked)} feel “${one}” and “${other}” belong together; they come apart`) : say(`${households}户受访居民认为“${one}”和“${other}”是一片，现在分开了`, `${households} households asked feel “${one}” and “${other}” belong together; they come apart`)),
    ...parted.map(({ kind, name, zones }) => say(`${kinds[kind]}“${name}”分到${zones}个社区`, `The ${kinds[kind]} “${name}” lies in ${zones} communities`)),
  ];
}
