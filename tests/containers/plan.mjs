// SPDX-License-Identifier: MIT
// deploy/Dockerfile and docker-compose.yml as JSON, for tests/containers/run.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const deploy = join(process.argv[2], 'deploy')
const require = createRequire(join(process.env.CONTAINER_TOOLS, 'node_modules', 'none.js'))
const { DockerfileParser } = require('dockerfile-ast')
const stages = []
for (const line of DockerfileParser.parse(readFileSync(join(deploy, 'Dockerfile'), 'utf8')).getInstructions()) {
	const word = line.getKeyword()
	const text = (line.getRawArgumentsContent?.() ?? line.getArgumentsContent() ?? '').replace(/\\\n\s*/g, ' ')
	if (word === 'FROM')
		stages.push({ name: line.getBuildStage(), image: line.getImage(), steps: [] })
	else
		stages.at(-1).steps.push({ word, from: line.getFlags?.().find(f => f.getName() === 'from')?.getValue() ?? '',
			text: text.replace(/^(--\S+\s+)+/, '') })
}
const compose = require('yaml').parse(readFileSync(join(deploy, 'docker-compose.yml'), 'utf8')
	.replace(/\$\{(\w+):-([^}]*)\}/g, '$2'), { merge: true })
console.log(JSON.stringify({ stages, services: compose.services }))
