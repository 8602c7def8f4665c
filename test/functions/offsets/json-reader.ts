/**
 * A second reading of JSON, written from RFC 8259 apart from the sources under test, which lean on JSON.parse. A number
 * is kept as it is written; of a field written twice the last one counts.
 */
export type Json =
  | { readonly is: 'null' | 'boolean' }
  | { readonly is: 'number'; readonly written: string }
  | { readonly is: 'string'; readonly text: string }
  | { readonly is: 'array'; readonly items: readonly Json[] }
  | { readonly is: 'object'; readonly fields: ReadonlyMap<string, Json> };

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

class NotJson extends Error {}

class Reader {
  #position = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Json {
    const json = this.#value();
    if (this.#position < this.#text.length) {
      throw new NotJson();
    }
    return json;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0];
    this.#position += found?.length ?? 0;
    return found;
  }

  #need(pattern: RegExp): string {
    const found = this.#take(pattern);
    if (found === undefined) {
      throw new NotJson();
    }
    return found;
  }

  #value(): Json {
    this.#take(/[ \t\n\r]*/y);
    const json = this.#bare();
    this.#take(/[ \t\n\r]*/y);
    return json;
  }

  #bare(): Json {
    if (this.#take(/null/y) !== undefined) {
      return { is: 'null' };
    }
    if (this.#take(/true|false/y) !== undefined) {
      return { is: 'boolean' };
    }
    if (this.#take(/\[/y) !== undefined) {
      return { is: 'array', items: this.#items() };
    }
    if (this.#take(/{/y) !== undefined) {
      return { is: 'object', fields: this.#fields() };
    }
    const written = this.#take(/-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y);
    return written === undefined ? { is: 'string', text: this.#string() } : { is: 'number', written };
  }

  #items(): readonly Json[] {
    if (this.#take(/[ \t\n\r]*\]/y) !== undefined) {
      return [];
    }
    const items: Json[] = [];
    do {
      items.push(this.#value());
    } while (this.#take(/,/y) !== undefined);
    this.#need(/\]/y);
    return items;
  }

  #fields(): ReadonlyMap<string, Json> {
    const fields = new Map<string, Json>();
    if (this.#take(/[ \t\n\r]*}/y) !== undefined) {
      return fields;
    }
    do {
      this.#take(/[ \t\n\r]*/y);
      const name = this.#string();
      this.#need(/[ \t\n\r]*:/y);
      fields.set(name, this.#value());
    } while (this.#take(/,/y) !== undefined);
    this.#need(/}/y);
    return fields;
  }

  #string(): string {
    this.#need(/"/y);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters may not stand in a JSON string
    const written = this.#need(/([^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*(?=")/y);
    this.#need(/"/y);
    return written.replace(/\\(u(....)|.)/g, (_all, short: string, digits?: string) =>
      digits === undefined ? (ESCAPES.get(short) ?? '') : String.fromCharCode(Number.parseInt(digits, 16)),
    );
  }
}

/** Reads JSON in UTF-8; `undefined` for anything else. */
export const readJson = (bytes: Uint8Array): Json | undefined => {
  const text = Buffer.from(bytes).toString('utf8');
  if (!Buffer.from(text).equals(bytes)) {
    return undefined;
  }
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof NotJson) {
      return undefined;
    }
    throw error;
  }
};
