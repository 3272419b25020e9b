// npm runs this in a folder of packages/ after it packed it: nothing stays of what prepack.ts added.
import { PackedFolder } from './packed-folder.ts';

new PackedFolder(process.cwd()).restore();
