import type { Command } from 'commander';
import { colors } from '../colors.ts';
import { WEB_FOLDER } from '../synthesize.ts';
import { deploymentCommand, onDeployment, printJson, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { publishPage } from './publish/publish-page.ts';

interface PublishOptions extends CommonOptions {
  readonly from: string;
}

export function publishCommand(): Command {
  return deploymentCommand({
    name: 'publish',
    summary: 'Upload the built page to a deployed stack',
    details:
      'Puts the files of `npm run build`, and what the page must know of the stack, into the bucket of its page, and has ' +
      'CloudFront forget the ones before. Run it after a deployment. On this machine `npm start` serves the files itself.',
    examples: ['publish --aws --stack order-workflow-prod'],
  })
    .option('--from <folder>', 'the built page', WEB_FOLDER)
    .action((options: PublishOptions) =>
      onDeployment(options, async (deployment) => {
        const published = await publishPage(deployment, options.from);
        if (options.json) printJson(published);
        else {
          const { files, url, invalidationId } = published;
          console.log(
            `${colors.green('✔')} ${files.length} files; CloudFront forgets the old ones (${invalidationId})`,
          );
          console.log(`  ${url}`);
        }
        return EXIT_CODE.done;
      }),
    );
}
