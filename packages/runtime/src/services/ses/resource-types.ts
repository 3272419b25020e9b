import type { ResourceType } from '../../assembly/resource-type.ts';
import { stableId } from '../shared/stable-id.ts';
import type { SesService } from './ses-service.ts';

const DKIM_TOKENS = [1, 2, 3];

export function sesResourceTypes(service: SesService): Record<string, ResourceType> {
  return {
    'AWS::SES::EmailIdentity': {
      identify: ({ logicalId, properties }, { stackName }) => {
        const name: string = properties['EmailIdentity'];
        const attributes = DKIM_TOKENS.flatMap((index) => {
          const token = stableId([stackName, logicalId, 'dkim', String(index)], 32);
          return [
            [`DkimDNSTokenName${index}`, `${token}._domainkey.${name}`],
            [`DkimDNSTokenValue${index}`, `${token}.dkim.amazonses.com`],
          ];
        });
        return { ref: name, attributes: Object.fromEntries(attributes) as Record<string, string> };
      },
      create: (_resource, { ref }) => service.addIdentity(ref),
    },
    'AWS::SES::ConfigurationSet': {
      identify: ({ logicalId, properties }, { stackName }) => {
        const name: string = properties['Name'] ?? `${logicalId}-${stableId([stackName, logicalId, 'set'], 12)}`;
        return { ref: name, attributes: {} };
      },
      create: (_resource, { ref }) => {
        service.configurationSets.add(ref);
      },
    },
    'AWS::SES::ConfigurationSetEventDestination': {
      identify: ({ logicalId }) => ({ ref: logicalId, attributes: { Id: logicalId } }),
      create: ({ properties }) => {
        const { ConfigurationSetName: set, EventDestination: destination } = properties;
        // Metrics, streams and topics are not told: what they count is seen here by whoever looks.
        if (destination.EventBridgeDestination === undefined || destination.Enabled === false) return;
        service.feedback.tellBus(set, destination.MatchingEventTypes);
      },
    },
    'AWS::SES::Template': {
      identify: ({ logicalId, properties }, { stackName }) => {
        const generated = `${logicalId}-${stableId([stackName, logicalId, 'template'], 12)}`;
        const name: string = properties['Template']?.TemplateName ?? generated;
        return { ref: name, attributes: { Id: name } };
      },
      create: ({ properties }, { ref }) => {
        const { SubjectPart: subject, TextPart: text, HtmlPart: html } = properties['Template'];
        service.templates.set(ref, { subject, text, html });
      },
    },
  };
}
