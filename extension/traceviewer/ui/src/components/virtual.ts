import { type VirtualItem, Virtualizer, elementScroll, observeElementOffset, observeElementRect } from "@tanstack/virtual-core";
import { useLayoutEffect, useState } from "preact/hooks";

interface Options {
  count: number;
  scroller: { readonly current: HTMLElement | null };
  /** size is the height of a row in pixels. */
  size: (index: number) => number;
  /** key stays with a row when others come before it. */
  key?: (index: number) => string | number;
  overscan?: number;
  /** before is what stands above the first row in the same scroller: a header that sticks. */
  before?: number;
}

/** Virtual is the part of a long list that is drawn. */
export interface Virtual {
  items: VirtualItem[];
  /** total is the height of the whole list in pixels. */
  total: number;
  scrollTo: (index: number, align?: "auto" | "start" | "center" | "end") => void;
  virtualizer: Virtualizer<HTMLElement, HTMLElement>;
}

/** useVirtual draws what of a long list is in sight. */
export function useVirtual({ count, scroller, size, key, overscan = 12, before = 0 }: Options): Virtual {
  const [, render] = useState(0);
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options()));

  function options() {
    return {
      count,
      getScrollElement: () => scroller.current,
      estimateSize: size,
      ...(key ? { getItemKey: key } : {}),
      overscan,
      scrollMargin: before,
      scrollPaddingStart: before,
      initialRect: { width: innerWidth, height: innerHeight },
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => render((n) => n + 1),
    };
  }

  virtualizer.setOptions(options());
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  return {
    items: virtualizer.getVirtualItems(),
    total: virtualizer.getTotalSize(),
    scrollTo: (index, align = "auto") => virtualizer.scrollToIndex(index, { align }),
    virtualizer,
  };
}
