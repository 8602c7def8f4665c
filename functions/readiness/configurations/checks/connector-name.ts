import { type Assessment, type Check, mustBe } from '../assessment.ts';

/** Both connectors' names are the first elements of their keys. */
export const checkConnectorNames: Check = ({ flow, mm2, replicator }) => {
  const assessments: Assessment[] = [];
  if (mm2) {
    assessments.push(
      mustBe(
        'wrong-connector-name',
        'blocks',
        "the name of MM2's connector",
        mm2.flow.connectorName,
        flow.mm2Connector,
        `MM2 finds none of the offsets of flow "${flow.name}" and copies everything again`,
      ),
    );
  }
  if (replicator) {
    assessments.push(
      mustBe(
        'wrong-replicator-connector',
        'blocks',
        "the name of Replicator's connector",
        replicator.connectorName,
        flow.replicatorConnector,
        `flow "${flow.name}" reads the offsets of a connector that is not this one`,
        // The flow's connector has offsets, or there is a finding of that.
        'notes',
      ),
    );
  }
  return assessments;
};
