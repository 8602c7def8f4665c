import { expect, test } from '@jest/globals';
import { type Form, requireFit, targetAliasOf } from '../../../cli/mm2-config/form.ts';
import { aFlow } from '../../functions/a-flow.ts';

const strimzi = { runsAs: 'strimzi', targetAlias: 'dr', offsetsTopic: 'o' } as const;
const dedicated = { runsAs: 'dedicated' } as const;

test('the target has the alias that is given, that Strimzi makes the name of, or another than the source', () => {
  expect(targetAliasOf(aFlow(), strimzi, 'strimzi', 'given')).toBe('given');
  expect(targetAliasOf(aFlow(), strimzi, 'strimzi', undefined)).toBe('dr');
  expect(targetAliasOf(aFlow(), dedicated, 'dedicated', undefined)).toBe('backup');
  expect(targetAliasOf(aFlow({ sourceAlias: 'backup' }), dedicated, 'dedicated', undefined)).toBe('target');
});

test.each<[Form, Parameters<typeof aFlow>[0], string, RegExp]>([
  [
    'dedicated',
    { mm2Connector: 'mm2' },
    'backup',
    /keys hold the connector "mm2", and a dedicated MM2's is "MirrorSourceConnector"/,
  ],
  [
    'strimzi',
    {},
    'backup',
    /keys hold the connector "MirrorSourceConnector", and Strimzi's is "primary->backup\.MirrorSourceConnector"/,
  ],
  ['dedicated', { sourceAlias: 'a,b' }, 'backup', /the alias "a,b" has characters other than/],
  ['dedicated', {}, 'primary', /same alias "primary"; give another one with --target-alias/],
])(
  '%s: a flow that does not fit is refused, because MM2 would copy everything again',
  (form, changes, target, message) => {
    expect(() => requireFit(aFlow(changes), form, target)).toThrow(message);
  },
);

test.each<[Form, Parameters<typeof aFlow>[0]]>([
  ['dedicated', {}],
  ['strimzi', { mm2Connector: 'primary->backup.MirrorSourceConnector' }],
  ['connect', { mm2Connector: 'any name', sourceAlias: 'a,b' }],
  ['msk-connect', {}],
])('%s: a flow that fits', (form, changes) => {
  expect(() => requireFit(aFlow(changes), form, 'backup')).not.toThrow();
});
