// What a division makes of belonging, in words.
import { KINDS, type Kind, type Known, type Lost } from "./board";

/** Says one thing in the reader's language. */
export type Say = (chinese: string, english: string) => string;

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)}%`;

const words = (say: Say): Record<Kind, string> => ({ compound: say("小区", "compound"), school: say("学区", "school area"), police: say("警务区", "police area") });

/** Where nothing is lost: said only of what is on record. */
export function calm({ known }: Known, say: Say): string {
  const kinds = known.map((kind) => words(say)[kind]);
  return kinds.length ? say(`没有人换社区，没有${kinds.join("、")}被拆开。`, `Nobody changes community; no ${kinds.join(", ")} comes apart.`) : say("没有人换社区。", "Nobody changes community.");
}

/** What nobody recorded or asked; "" where all is known. */
export function unknown({ known, asked }: Known, say: Say): string {
  const names = words(say);
  const kinds = KINDS.filter((kind) => !known.includes(kind)).map((kind) => names[kind]);
  if (!asked) kinds.push(say("居民认同", "belonging"));
  return kinds.length ? say(`${kinds.join("、")}：无数据`, `No data: ${kinds.join(", ")}`) : "";
}

export function told({ leaving, theirs, felt, parted }: Lost, say: Say): string[] {
  const kinds = words(say);
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
