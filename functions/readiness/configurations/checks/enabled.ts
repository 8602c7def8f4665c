import { type Check, mustBe } from '../assessment.ts';

/** A direction that is not switched on copies nothing. */
export const checkEnabled: Check = ({ mm2 }) => {
  if (!mm2) {
    return [];
  }
  const { sourceAlias, targetAlias, enabled } = mm2.flow;
  const direction = [sourceAlias, targetAlias].map((alias) => (alias.kind === 'known' ? alias.value : '?')).join('->');
  return [mustBe('mm2-disabled', 'blocks', `enabled of ${direction}`, enabled, true, 'MM2 copies nothing there')];
};
