import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser } from "../src/live";
import { pieces } from "../src/marks";
import { decodePath } from "../src/router";

const marks = (text: string) => pieces(text).map((p) => (p.mark === undefined ? p.text : `<${p.mark}>`)).join("");

test("marks of every style become ink, other brackets stay", () => {
  assert.equal(marks("mail [REDACTED:pii.email], key [REDACTED:secret.openai-project-key]."), "mail <pii.email>, key <secret.openai-project-key>.");
  assert.equal(marks("[REDACTED] and [API_KEY_1] and [email:0f3a5b7c9d1e2f30]"), "<redacted> and <API_KEY_1> and <email:0f3a5b7c9d1e2f30>");
  const plain = "a[0] [note] [see: deadbeef] [TODO] [commit:deadbeefdeadbeef] [sha256:0123456789abcdef0123] [time:12345678]";
  assert.equal(marks(plain), plain);
  assert.equal(marks(""), "");
});

test("a mark that a preview cuts off is ink too", () => {
  assert.equal(marks("mail me at [REDACTED:pii.em"), "mail me at <pii.em>");
  assert.equal(marks("mail me at [REDACTED:pii.em…"), "mail me at <pii.em>…");
});

test("no text is lost", () => {
  for (const text of ["[[REDACTED:a.b]]", "x[REDACTED:a.b][REDACTED:c.d]y", "[REDACTED: not one]"]) {
    assert.equal(pieces(text).map((p) => p.text).join(""), text);
  }
});

test("events may be cut anywhere", () => {
  const stream = ": hello\n\nevent: changes\nid: 7\ndata: {\"a\":\ndata: 1}\n\nevent: changes\r\ndata: x\r\n\r\n";
  for (let at = 0; at <= stream.length; at++) {
    const parser = new EventParser();
    const events = [...parser.push(stream.slice(0, at)), ...parser.push(stream.slice(at))];
    assert.deepEqual(events, [
      { name: "changes", data: '{"a":\n1}', id: "7" },
      { name: "changes", data: "x", id: "" },
    ], `cut at ${at}`);
  }
});

test("ids with slashes are one part of a path", () => {
  assert.deepEqual(decodePath("/sessions/a%2Fb"), ["sessions", "a/b"]);
  assert.deepEqual(decodePath("/sessions/100%"), ["sessions", "100%"]);
});
