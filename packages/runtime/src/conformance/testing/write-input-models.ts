// Writes what each served operation takes, out of the AWS SDK's clients. More operations are given as arguments:
// npm run input-models -- AmazonSQS.AddPermission
import { readFileSync, writeFileSync } from 'node:fs';
import { inputModels } from './sdk-models.ts';

const file = new URL('../../services/shared/models/input-models.json', import.meta.url);
const known = Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object);
const models = await inputModels([...known, ...process.argv.slice(2)]);
const lines = Object.entries(models).map(([name, model]) => `  ${JSON.stringify(name)}: ${JSON.stringify(model)}`);
writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
