import type { Value } from "../../api";
import { Kbd } from "../../components/Kbd";
import { Menu } from "../../components/Menu";
import { Text } from "../../components/Text";
import { ownFirst } from "../../filters/fields";
import { count } from "../../format";
import { useFetch } from "../../hooks";
import { useKeys } from "../../keys";
import { attributeId, columns, ownNames, reset, show, shown } from "./columns";

let open = () => {};

/** ColumnsMenu chooses what the list shows, own attributes of the root included. */
export function ColumnsMenu() {
  useKeys("lists", [{ keys: "c", label: "columns", run: () => open() }]);
  return (
    <Menu
      kind="dialog"
      align="end"
      name="Columns"
      label={
        <>
          Columns <Kbd keys="c" />
        </>
      }
      opener={(fn) => {
        open = fn;
      }}
    >
      {() => <Choices />}
    </Menu>
  );
}

function toggle(id: string): void {
  show(shown.value.includes(id) ? shown.value.filter((one) => one !== id) : [...shown.value, id]);
}

function Choices() {
  const { data } = useFetch<Value[]>("/values/attribute");
  const own = ownNames();
  const found = ownFirst(Array.isArray(data) ? data : []);
  const names = [...own, ...found.map((one) => one.value).filter((name) => !own.includes(name))].slice(0, 60);
  return (
    <div class="columns-menu">
      {columns.map((one) => (
        <Choice key={one.id} id={one.id} title={one.id === "tokens_out" ? "Tokens out" : one.title} />
      ))}
      {names.length > 0 && (
        <>
          <hr />
          <div class="menu-head">Attributes</div>
          {names.map((name) => {
            const traces = found.find((one) => one.value === name)?.traces;
            return <Choice key={name} id={attributeId(name)} title={name} note={traces === undefined ? "" : count(traces)} />;
          })}
        </>
      )}
      <hr />
      <button class="menu-item" type="button" onClick={reset}>
        As at first
      </button>
    </div>
  );
}

function Choice({ id, title, note }: { id: string; title: string; note?: string }) {
  return (
    <label class="menu-item">
      <input type="checkbox" checked={shown.value.includes(id)} onChange={() => toggle(id)} />
      <span>
        <Text text={title} quiet />
      </span>
      {note && <span class="menu-note">{note}</span>}
    </label>
  );
}
