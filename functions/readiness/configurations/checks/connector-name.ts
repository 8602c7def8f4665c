import { type Assessment, type Check, mustBe, right, type Subject, wrong } from '../assessment.ts';
import type { Mm2Flow, ParsedMm2 } from '../mm2-configuration.ts';
import { knownValue } from '../setting.ts';

const CODE = 'wrong-connector-name';

/** A dedicated MM2 and Strimzi choose the name themselves, so that no line of theirs changes it. */
const ofMm2 = (flow: Subject['flow'], { connectorName }: Mm2Flow, { form, file }: ParsedMm2): Assessment => {
  const subject = "the name of MM2's connector";
  const consequence = `MM2 finds none of the offsets of flow "${flow.name}" and copies everything again`;
  if (form === 'connector') {
    return mustBe(CODE, 'blocks', subject, connectorName, flow.mm2Connector, consequence);
  }
  const name = knownValue(connectorName) ?? '';
  return name === flow.mm2Connector
    ? right(CODE, `${subject} is ${JSON.stringify(name)}`)
    : wrong(
        CODE,
        'blocks',
        `${subject} is ${JSON.stringify(name)} instead of ${JSON.stringify(flow.mm2Connector)}: ${consequence}`,
        `MM2 makes it up by itself, and ${file} has nothing to change it: correct the flow's "mm2" (runsAs, connector, ` +
          'targetAlias) and deploy it, or the aliases in the file',
      );
};

/** Both connectors' names are the first elements of their keys. */
export const checkConnectorNames: Check = ({ flow, mm2, replicator }) => {
  const assessments: Assessment[] = [];
  if (mm2) {
    assessments.push(ofMm2(flow, mm2.flow, mm2.configuration));
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
