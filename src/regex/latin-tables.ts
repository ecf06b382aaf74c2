/** Classes and case of the characters up to 255, as OTP's PCRE has them. Made by tools/regex-tables.mjs; do not edit. */

/** Ranges of the members, base 16. */
export const LATIN_CLASSES = {
  space: '9-d 20-20',
  xdigit: '30-39 41-46 61-66',
  digit: '30-39',
  upper: '41-5a c0-d6 d8-de',
  lower: '61-7a aa-aa b5-b5 ba-ba df-f6 f8-ff',
  word: '30-39 41-5a 5f-5f 61-7a aa-aa b5-b5 ba-ba c0-d6 d8-f6 f8-ff',
  graph: '21-7e a0-ff',
  print: '20-7e a0-ff',
  punct: '21-2f 3a-40 5b-60 7b-7e a0-a9 ab-b4 b6-b9 bb-bf d7-d7 f7-f7',
  cntrl: '0-1f 7f-9f',
} as const;
/** Pairs of upper and lower case: upper, lower, base 16. */
export const LATIN_PAIRS =
  '41 61,42 62,43 63,44 64,45 65,46 66,47 67,48 68,49 69,4a 6a,4b 6b,4c 6c,4d 6d,4e 6e,4f 6f,50 70,51 71,52 72,53 73,54 74,' +
  '55 75,56 76,57 77,58 78,59 79,5a 7a,c0 e0,c1 e1,c2 e2,c3 e3,c4 e4,c5 e5,c6 e6,c7 e7,c8 e8,c9 e9,ca ea,cb eb,cc ec,cd ed,' +
  'ce ee,cf ef,d0 f0,d1 f1,d2 f2,d3 f3,d4 f4,d5 f5,d6 f6,d8 f8,d9 f9,da fa,db fb,dc fc,dd fd,de fe';
