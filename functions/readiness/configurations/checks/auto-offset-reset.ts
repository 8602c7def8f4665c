import { type Check, mustBe } from '../assessment.ts';

/** Where MM2 begins a partition that has no usable offset (MirrorConnectorConfig#sourceConsumerConfig). */
export const checkAutoOffsetReset: Check = ({ mm2 }) => {
  if (!mm2) {
    return [];
  }
  const { autoOffsetReset } = mm2.flow;
  const isNone = autoOffsetReset.kind === 'known' && autoOffsetReset.value === 'none';
  return [
    mustBe(
      'auto-offset-reset',
      isNone ? 'blocks' : 'warns',
      "auto.offset.reset of MM2's consumer",
      autoOffsetReset,
      'earliest',
      isNone
        ? 'its task dies at the first partition without an offset'
        : 'MM2 skips what a partition without a usable offset already holds, new topics included',
      'warns',
    ),
  ];
};
