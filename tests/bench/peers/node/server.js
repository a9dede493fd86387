// The service's store, written with Fastify, pg and amqplib, a process for each
// core.
import cluster from 'node:cluster';
import os from 'node:os';

import amqp from 'amqplib';
import Fastify from 'fastify';
import pg from 'pg';

const POOL = 8; // connections of each process

const INSERT = {
  name: 'insert',
  text: `INSERT INTO raw_extraction_data (tenant_id, integration_id,
    entity_type, external_id, raw_data, extraction_metadata)
  VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
};

const schema = {
  type: 'object',
  required: ['integration_id', 'entity_type', 'raw_data'],
  properties: {
    integration_id: { type: 'integer' },
    entity_type: { type: 'string' },
    external_id: { type: ['string', 'null'] },
    raw_data: {},
    extraction_metadata: {},
  },
};

const jsonb = (value) => value === undefined || value === null
  ? null : JSON.stringify(value);

function publish(channel, batch, id) {
  const body = {
    tenant_id: 1,
    integration_id: batch.integration_id,
    raw_data_id: id,
    entity_type: batch.entity_type,
  };
  return new Promise((resolve, reject) => {
    channel.publish('etl.direct', 'transform',
      Buffer.from(JSON.stringify(body)), {
        contentType: 'application/json',
        mandatory: true,
        messageId: `transform-${id}`,
        persistent: true,
        timestamp: Math.floor(Date.now() / 1000),
        type: 'transform',
      }, (error) => error ? reject(error) : resolve());
  });
}

async function serve() {
  const database = new pg.Pool({
    connectionString: process.env.DATABASE_URL,
    max: POOL,
  });
  const broker = await amqp.connect(process.env.RABBITMQ_URL);
  const channel = await broker.createConfirmChannel();
  const app = Fastify({ bodyLimit: 64 << 20 });

  app.post('/app/etl/raw-data/store', { schema: { body: schema } },
    async (request, reply) => {
      const batch = request.body;
      let result;
      try {
        result = await database.query({
          ...INSERT,
          values: [1, batch.integration_id, batch.entity_type,
            batch.external_id, jsonb(batch.raw_data),
            jsonb(batch.extraction_metadata)],
        });
      } catch (error) {
        return reply.code(error.code ? 422 : 503).send({ error: error.message });
      }
      const id = result.rows[0].id;
      let queued = true;
      try {
        await publish(channel, batch, id);
      } catch {
        queued = false;
      }
      return reply.code(queued ? 201 : 202)
        .send({ success: true, raw_data_id: id, queued });
    });
  await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
}

if (cluster.isPrimary) {
  for (let i = 0; i < os.availableParallelism(); i++) cluster.fork();
  cluster.on('exit', () => process.exit(1));
} else {
  await serve();
}
