/** One login module of a JAAS configuration, as `sasl.jaas.config` holds it: `Class required name="value";`. */
export interface LoginModule {
  readonly className: string;
  readonly options: ReadonlyMap<string, string>;
}

/** A JAAS configuration, or what is wrong with it, without any of its text. */
export type Jaas =
  | { readonly kind: 'module'; readonly module: LoginModule }
  | { readonly kind: 'fault'; readonly fault: string };

type Token = { readonly kind: 'word' | 'text' | 'sign'; readonly value: string };

/**
 * The grammar of java.io.StreamTokenizer as org.apache.kafka.common.security.JaasConfig sets it up. A word that begins
 * like a number is one to Java and no word; a slash begins a comment to the line's end.
 */
const TOKEN = new RegExp(
  [
    /\s+/,
    /\/\*[\s\S]*?\*\//,
    /\/[^\n\r]*/,
    /(?<word>[a-zA-Z_$\u00a0-\uffff][\w.$\u00a0-\uffff-]*)/,
    /"(?<double>(?:\\[^\n\r]|[^"\\\n\r])*)"/,
    /'(?<single>(?:\\[^\n\r]|[^'\\\n\r])*)'/,
    /(?<sign>[=;])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);

const CONTROL_FLAGS = ['required', 'requisite', 'sufficient', 'optional'];

const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }),
);

/** What a quoted text stands for: escapes as in C, octal ones included. */
const unescapeText = (text: string): string =>
  text.replaceAll(/\\([0-3][0-7]{0,2}|[4-7][0-7]?|[\s\S])/g, (_, escaped: string) =>
    /^[0-7]/.test(escaped) ? String.fromCharCode(Number.parseInt(escaped, 8)) : (ESCAPES.get(escaped) ?? escaped),
  );

const tokenOf = ({ groups }: RegExpExecArray): Token | undefined => {
  const quoted = groups?.double ?? groups?.single;
  if (quoted !== undefined) {
    return { kind: 'text', value: unescapeText(quoted) };
  }
  if (groups?.word !== undefined) {
    return { kind: 'word', value: groups.word };
  }
  return groups?.sign === undefined ? undefined : { kind: 'sign', value: groups.sign };
};

/** Undefined where something is neither a word, a quoted text, `=` nor `;`. */
const tokensOf = (text: string): readonly Token[] | undefined => {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) {
      return undefined;
    }
    const token = tokenOf(match);
    if (token) {
      tokens.push(token);
    }
  }
  return tokens;
};

const isName = (token: Token | undefined): token is Token => token !== undefined && token.kind !== 'sign';

const isSign = (token: Token | undefined, sign: string): boolean => token?.kind === 'sign' && token.value === sign;

const fault = (what: string): Jaas => ({ kind: 'fault', fault: what });

/** `name=value` up to the semicolon. */
const optionsOf = (tokens: readonly Token[]): ReadonlyMap<string, string> | string => {
  const options = new Map<string, string>();
  for (let index = 0; index < tokens.length; index += 3) {
    const [name, equals, value] = tokens.slice(index, index + 3);
    if (!isName(name) || !isSign(equals, '=')) {
      return 'an option is not of the form name="value"';
    }
    if (!isName(value)) {
      // Without its name, which may be a part of a password without quotes.
      return 'an option has no value';
    }
    options.set(name.value, value.value);
  }
  return options;
};

/** Reads `sasl.jaas.config` (KIP-85): `LoginModuleClass controlFlag (optionName=optionValue)*;`. */
export const parseJaas = (text: string): Jaas => {
  const tokens = tokensOf(text);
  if (tokens === undefined) {
    return fault(
      'a value with anything but letters, digits, "_", "." and "-" needs quotes, which end in the same line',
    );
  }
  const end = tokens.findIndex((token) => isSign(token, ';'));
  if (end < 0) {
    return fault('it does not end in a semicolon');
  }
  if (end < tokens.length - 1) {
    return fault('it has something after its semicolon, and clients take one login module alone');
  }
  const [className, flag, ...rest] = tokens.slice(0, end);
  if (!isName(className)) {
    return fault("it does not begin with the login module's class");
  }
  if (!isName(flag) || !CONTROL_FLAGS.includes(flag.value.toLowerCase())) {
    return fault(`its second word is none of ${CONTROL_FLAGS.join(', ')}`);
  }
  const options = optionsOf(rest);
  return typeof options === 'string'
    ? fault(options)
    : { kind: 'module', module: { className: className.value, options } };
};
