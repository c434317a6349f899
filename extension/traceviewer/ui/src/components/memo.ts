import { Component, type ComponentType, h } from "preact";

/** memo renders again only where a property has changed. */
export function memo<P extends object>(inner: ComponentType<P> | ((props: P) => unknown)): (props: P & { key?: string | number }) => any {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const was = this.props as Record<string, unknown>;
      const is = next as Record<string, unknown>;
      for (const name in was) if (!(name in is)) return true;
      for (const name in is) if (was[name] !== is[name]) return true;
      return false;
    }

    override render() {
      return h(inner as ComponentType<P>, this.props as P);
    }
  }
  return Memo as unknown as (props: P & { key?: string | number }) => any;
}
