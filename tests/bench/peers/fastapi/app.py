"""The service's store, written with FastAPI, asyncpg and aio-pika, run by
uvicorn with a process for each core. Libraries are Debian's packages."""

import json
import os
from datetime import datetime, timezone
from typing import Any, Optional

import aio_pika
import asyncpg
import uvicorn
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel

POOL = 8  # connections of each process

INSERT = """INSERT INTO raw_extraction_data (tenant_id, integration_id,
    entity_type, external_id, raw_data, extraction_metadata)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"""


class Batch(BaseModel):
    integration_id: int
    entity_type: str
    external_id: Optional[str] = None
    raw_data: Any
    extraction_metadata: Any = None


app = FastAPI()


@app.on_event("startup")
async def connect():
    app.state.database = await asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=POOL, max_size=POOL)
    app.state.broker = await aio_pika.connect_robust(os.environ["RABBITMQ_URL"])
    channel = await app.state.broker.channel(publisher_confirms=True)
    app.state.exchange = await channel.get_exchange("etl.direct")


def jsonb(value):
    return None if value is None else json.dumps(value, ensure_ascii=False)


async def publish(batch, raw_data_id):
    body = {"tenant_id": 1, "integration_id": batch.integration_id,
            "raw_data_id": raw_data_id, "entity_type": batch.entity_type}
    await app.state.exchange.publish(
        aio_pika.Message(
            json.dumps(body).encode(),
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=f"transform-{raw_data_id}",
            type="transform",
            timestamp=datetime.now(timezone.utc)),
        routing_key="transform", mandatory=True)


@app.post("/app/etl/raw-data/store", status_code=201)
async def store(batch: Batch, response: Response):
    if batch.raw_data is None:
        raise HTTPException(422, "raw_data is required")
    try:
        raw_data_id = await app.state.database.fetchval(
            INSERT, 1, batch.integration_id, batch.entity_type,
            batch.external_id, jsonb(batch.raw_data),
            jsonb(batch.extraction_metadata))
    except asyncpg.DataError as error:
        raise HTTPException(422, str(error)) from error
    queued = True
    try:
        await publish(batch, raw_data_id)
    except aio_pika.exceptions.AMQPError:
        queued = False
        response.status_code = 202
    return {"success": True, "raw_data_id": raw_data_id, "queued": queued}


if __name__ == "__main__":
    uvicorn.run("app:app", host="127.0.0.1", port=int(os.environ["PORT"]),
                workers=os.cpu_count(), access_log=False, log_level="warning")
