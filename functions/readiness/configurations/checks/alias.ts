import { type Check, mustBe } from '../assessment.ts';

/** The alias is part of every key in MM2's offsets topic: with another one MM2 finds nothing. */
export const checkAlias: Check = ({ flow, mm2 }) =>
  mm2
    ? [
        mustBe(
          'wrong-alias',
          'blocks',
          "MM2's alias of the source cluster",
          mm2.flow.sourceAlias,
          flow.sourceAlias,
          `MM2 finds none of the offsets of flow "${flow.name}" and copies everything again`,
        ),
      ]
    : [];
