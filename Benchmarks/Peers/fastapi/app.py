"""A webhook receiver as one would write it in Python on a normal day: FastAPI on uvicorn, asyncpg, one transaction for
each callback. A peer of the benchmark, configured by its environment like the monitor."""

import logging
import os
import time
from contextlib import asynccontextmanager

import asyncpg
import orjson
from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import ValidationError
from report import Report
from signature import Verifier
from store import Store

# As large as the monitor takes.
LARGEST_BODY = 1 << 20


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.verifier = Verifier(os.environ["WEBHOOK_SECRET"])
    # For each worker. Of 4, 8 and 16 the one with the best throughput at 32 and 128 connections on two cores, by a little.
    size = int(os.environ.get("POOL_SIZE", "4"))
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=size, max_size=size) as pool:
        app.state.store = Store(pool)
        yield


app = FastAPI(lifespan=lifespan, openapi_url=None)


@app.get("/readyz")
async def ready() -> Response:
    return Response()


@app.post("/api/webhooks/grading")
async def callback(request: Request) -> Response:
    body = await request.body()
    if len(body) > LARGEST_BODY:
        raise HTTPException(413)
    if not app.state.verifier.accepts(request.headers, body, time.time()):
        raise HTTPException(401)
    try:
        report = Report.model_validate(orjson.loads(body))
    except (orjson.JSONDecodeError, ValidationError):
        raise HTTPException(400)
    delivery = request.headers["webhook-id"]
    try:
        outcome = await app.state.store.apply(delivery, body, report)
    except (asyncpg.PostgresError, OSError):
        logging.exception("not committed")
        raise HTTPException(503, headers={"Retry-After": "5"})
    answer = {"outcome": outcome, "taskId": report.task_id, "status": "COMPLETED", "deliveryId": delivery}
    return Response(orjson.dumps(answer), media_type="application/json")
