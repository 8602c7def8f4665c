import { type DefaultTreeAdapterMap, parse } from 'parse5';

type Node = DefaultTreeAdapterMap['node'];
export type Element = DefaultTreeAdapterMap['element'];

/** A page as a browser reads it. */
export interface Document {
  /** What HTML's parser objects to: the codes of the HTML standard. */
  readonly errors: readonly string[];
  /** All elements, in the document's order. */
  readonly elements: readonly Element[];
}

const isElement = (node: Node): node is Element => 'tagName' in node;

const within = (node: Node): readonly Element[] =>
  'childNodes' in node
    ? node.childNodes.flatMap((child) => (isElement(child) ? [child, ...within(child)] : within(child)))
    : [];

export const parsePage = (page: string): Document => {
  const errors: string[] = [];
  const tree = parse(page, {
    sourceCodeLocationInfo: true,
    onParseError: ({ code }) => {
      errors.push(code);
    },
  });
  return { errors, elements: within(tree) };
};

export const elementsIn = (element: Element): readonly Element[] => within(element);

export const textOf = (node: Node): string => {
  if ('value' in node) {
    return node.value;
  }
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
};

export const attributeOf = (element: Element, name: string): string | undefined =>
  element.attrs.find((attribute) => attribute.name === name)?.value;

export const classesOf = (element: Element): readonly string[] => attributeOf(element, 'class')?.split(' ') ?? [];
