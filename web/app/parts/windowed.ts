import { type RefObject, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";

/** Drawn beyond either edge of the screen, so that a fast wheel finds something there. */
const beyondPx = 400;
/** Asking where the list stands makes the browser lay out the page; many rows a second must not ask as often. */
const askAgainMs = 500;

/** Drawn however far away the list is, for who does not go by sight. */
const fewest = 10;

export interface Window {
  readonly first: number;
  /** Beyond the last that is drawn. */
  readonly end: number;
  readonly abovePx: number;
  readonly belowPx: number;
}

/** Which items of a long list are near the screen, out of their heights; the page scrolls, not the list. */
export function useWindowed(list: RefObject<HTMLElement | null>, heights: readonly number[]): Window {
  const edges = useMemo(() => {
    const all = [0];
    for (const height of heights) all.push((all.at(-1) ?? 0) + height);
    return all;
  }, [heights]);
  const [range, setRange] = useState<readonly [first: number, end: number]>([0, 30]);
  const latest = useRef(edges);
  latest.current = edges;

  const place = useRef({ topPx: 0, askedAt: Number.NEGATIVE_INFINITY });

  const choose = useCallback(() => {
    const all = latest.current;
    const { topPx } = place.current;
    const first = Math.max(0, placeOf(all, topPx - beyondPx));
    const last = placeOf(all, topPx + window.innerHeight + beyondPx) + 1;
    const end = Math.min(all.length - 1, Math.max(last, first + fewest));
    setRange((before) => (before[0] === first && before[1] === end ? before : [first, end]));
  }, []);
  const look = useCallback(() => {
    if (!list.current) return;
    place.current = { topPx: -list.current.getBoundingClientRect().top, askedAt: performance.now() };
    choose();
  }, [list, choose]);

  useLayoutEffect(() => {
    look();
    window.addEventListener("scroll", look, { passive: true });
    window.addEventListener("resize", look);
    return () => {
      window.removeEventListener("scroll", look);
      window.removeEventListener("resize", look);
    };
  }, [look]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other heights, another window
  useLayoutEffect(() => {
    if (performance.now() - place.current.askedAt < askAgainMs) choose();
    else look();
  }, [edges]);

  const total = edges.at(-1) ?? 0;
  const end = Math.min(range[1], heights.length);
  const first = Math.min(range[0], end);
  return { first, end, abovePx: edges[first] ?? 0, belowPx: total - (edges[end] ?? total) };
}

/** The item that stands at this distance from the top; by halving. */
function placeOf(edges: readonly number[], px: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edges[middle] ?? 0) <= px) low = middle;
    else high = middle - 1;
  }
  return low;
}
