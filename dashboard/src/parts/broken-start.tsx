import { sessionTexts as texts } from '../texts/session.ts';

/** Where not even the settings could be read: no connection, or a deployment without them. */
export function BrokenStart() {
  return (
    <div className="signed-out">
      <main>
        <h1>{texts.broken}</h1>
        <p>{texts.brokenText}</p>
        <p>
          <a href={window.location.href}>{texts.tryAgain}</a>
        </p>
      </main>
    </div>
  );
}
