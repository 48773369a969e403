import { call, type Scope } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';
import { bulkTexts as texts } from '../../texts/bulk.ts';

/** So much goes in the request itself, which takes four megabytes: as much again is for what JSON adds. */
const BYTES_IN_REQUEST_MAX = 3 * 1024 * 1024;

/** What a preview is made of: the file itself, or a large one by what was uploaded. `say` gets every ten percent. */
export async function sourceOf(
  scope: Scope,
  csv: string,
  say: (percent: number) => void,
): Promise<{ csv: string } | { upload_id: string }> {
  const file = new Blob([csv]);
  if (file.size <= BYTES_IN_REQUEST_MAX) return { csv };
  say(0);
  const { upload_id, upload_url } = await call(scope, 'createUpload', { body: { bytes: file.size } });
  await put(upload_url, file, say);
  return { upload_id };
}

/** Nothing else in a browser says how far it has come. The link is all that lets it in, so nothing of ours is sent. */
function put(url: string, file: Blob, say: (percent: number) => void): Promise<void> {
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => say(10 * Math.floor((10 * loaded) / total));
    request.onerror = () => reject(new Problem(0, {}));
    request.onload = () => {
      if (request.status === 200) resolve();
      else reject(new Problem(request.status, { title: texts.notUploaded, detail: texts.notUploadedText }));
    };
    request.open('PUT', url);
    request.send(file);
  });
}
