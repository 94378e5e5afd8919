/** Links, definitions and hovers of refs, sources and names. */

import type { DocumentLink, Hover, Location, LocationLink, Position } from 'vscode-languageserver/node';
import { MarkupKind } from 'vscode-languageserver/node';
import type { FileId } from '../base/file-id.ts';
import type { Span } from '../base/span.ts';
import { nodeHover } from '../features/node-hover.ts';
import type { UseInFile } from '../features/nodes-in-file.ts';
import { definitionOf, nodeNamedAt, targetOf, useAt, usesInFile } from '../features/nodes-in-file.ts';
import { fileIdOfUri } from '../host/file-id.ts';
import type { DbtNode } from '../index/model.ts';
import type { ClientFeatures } from './client-features.ts';
import type { Places } from './convert.ts';
import { rangeOf } from './convert.ts';
import type { OpenProject } from './open-project.ts';
import type { Workspace } from './workspace.ts';

/** Links, definitions and hovers of refs and sources. */
export interface Navigation {
  links(uri: string): DocumentLink[];
  definition(uri: string, position: Position): Location[] | LocationLink[];
  hover(uri: string, position: Position): Hover | null;
}

/** Makes the provider; answers speak of the text that the engine was last told. */
export function createNavigation(workspace: Workspace, places: Places, client: ClientFeatures): Navigation {
  function usesOf(project: OpenProject, file: FileId): UseInFile[] {
    return usesInFile(project.analyzed, file, project.nodesOf(file));
  }

  /** What stands at a position: a ref or source, or a name in a property file. */
  function nodeAtPosition(uri: string, position: Position): { project: OpenProject; node: DbtNode; span: Span; isUse: boolean } | undefined {
    const file = fileIdOfUri(uri);
    if (file === undefined) return undefined;
    const offset = places.linesOf(file).offsetAt(position);
    for (const project of workspace.projectsOf(file)) {
      const use = useAt(usesOf(project, file), offset);
      const target = use === undefined ? undefined : targetOf(project.analyzed, use.resolution);
      if (use !== undefined && target !== undefined) return { project, node: target, span: use.span, isUse: true };
      const named = nodeNamedAt(project.analyzed, file, project.nodesOf(file), offset);
      if (named !== undefined) return { project, node: named.node, span: named.span, isUse: false };
    }
    return undefined;
  }

  return {
    links(uri) {
      const file = fileIdOfUri(uri);
      if (file === undefined) return [];
      const lines = places.linesOf(file);
      const found: DocumentLink[] = [];
      for (const project of workspace.projectsOf(file)) {
        for (const use of usesOf(project, file)) {
          const target = targetOf(project.analyzed, use.resolution);
          if (target === undefined) continue;
          const place = definitionOf(project.analyzed, target);
          if (place.file !== file) found.push({ range: rangeOf(lines, use.span), target: places.uriOf(place.file) });
        }
      }
      return found;
    },
    definition(uri, position) {
      const found = nodeAtPosition(uri, position);
      const file = fileIdOfUri(uri);
      if (found === undefined || file === undefined) return [];
      const place = definitionOf(found.project.analyzed, found.node);
      const range = rangeOf(places.linesOf(place.file), place.span);
      const targetUri = places.uriOf(place.file);
      if (!client.definitionLinks) return [{ uri: targetUri, range }];
      const originSelectionRange = rangeOf(places.linesOf(file), found.span);
      return [{ originSelectionRange, targetUri, targetRange: range, targetSelectionRange: range }];
    },
    hover(uri, position) {
      const found = nodeAtPosition(uri, position);
      const file = fileIdOfUri(uri);
      if (found === undefined || file === undefined) return null;
      const value = nodeHover(found.project.analyzed, found.node);
      const kind = client.markdownHover ? MarkupKind.Markdown : MarkupKind.PlainText;
      return { contents: { kind, value: client.markdownHover ? value : withoutMarkup(value) }, range: rangeOf(places.linesOf(file), found.span) };
    },
  };
}

function withoutMarkup(markdown: string): string {
  return markdown.replace(/\*\*|`|\\(?=[^\w\s])/g, '');
}
