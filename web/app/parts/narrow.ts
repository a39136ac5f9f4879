import { useMediaQuery } from "@mantine/hooks";

/** A screen that one holds in the hand; the same width as in the sheets. */
export const useNarrow = (): boolean =>
  useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false }) ?? false;
