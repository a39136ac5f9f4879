/** Topic filters, level by level (MQTT 3.1.1, 4.7): `+` is one level, `#` the rest and the level above it. */

/**
 * Does every topic that `filter` matches also match `pattern`? Both are split at `/`; a topic is a filter without wildcards, so
 * this also tells whether a topic matches.
 */
export function covers(pattern: readonly string[], filter: readonly string[]): boolean {
  for (let i = 0; i < pattern.length; i++) {
    const wanted = pattern[i];
    if (wanted === "#") return true;
    const level = filter[i];
    // `a` and `a/b` for the filter `a/#`: a pattern that goes on is narrower.
    if (level === undefined || level === "#") return false;
    if (wanted !== "+" && wanted !== level) return false;
  }
  return filter.length === pattern.length;
}

/** Longest topic or filter that is looked at, in UTF-16 units, and the most levels of one. */
const longest = 512;
const deepest = 16;

/** A topic name as one may publish to: no wildcards, no control characters, not too long, not too deep. */
export function isTopic(topic: string): boolean {
  return isSound(topic) && !topic.includes("+") && !topic.includes("#");
}

/** A filter as one may subscribe to: wildcards stand alone in their level, `#` only at the end. */
export function isFilter(filter: string): boolean {
  if (!isSound(filter)) return false;
  const levels = filter.split("/");
  return levels.every(
    (level, i) => level === "+" || (level === "#" ? i === levels.length - 1 : !/[+#]/.test(level)),
  );
}

function isSound(text: string): boolean {
  if (text.length === 0 || text.length > longest) return false;
  let levels = 1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return false;
    if (code === 0x2f && ++levels > deepest) return false;
  }
  return true;
}
