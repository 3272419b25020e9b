// npm runs this in a folder of packages/ before it packs it; postpack.ts comes after.
import { PackedFolder } from './packed-folder.ts';

new PackedFolder(process.cwd()).prepare();
