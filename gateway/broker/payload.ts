/** Of the contract's messages the hello of the largest device has some 300. */
const mostMarks = 4_096;

/**
 * Whether reading this as JSON would be more work than any message of the contract is: 64 kB of brackets hold up the loop, and with it
 * the doors, a hundred times as long as 64 kB of text. Looks at bytes only: `[`, `{`, `,` and `:`, each of which is a level, a value
 * or a name.
 */
export function isLaborious(payload: Buffer): boolean {
  if (payload.length <= mostMarks) return false;
  let found = 0;
  for (let i = 0; i < payload.length; i++) {
    const byte = payload[i];
    const isMark = byte === 0x5b || byte === 0x7b || byte === 0x2c || byte === 0x3a;
    if (isMark && ++found > mostMarks) return true;
  }
  return false;
}
