"""How many layers go on the GPU, decided from numbers alone."""

from pathlib import Path

import pytest

from companion.engines.llm.gguf import ModelFile
from companion.engines.llm.model import Model
from companion.engines.llm.placement import RESERVE, Device, devices, fewer, place
from companion.settings import LlmSettings

MIB = 1 << 20
TOY = ModelFile(
    architecture="toy",
    name="Toy",
    size_label="1B",
    quantization="Q4_K",
    parameters=10**9,
    context_length=4096,
    vocabulary=1000,
    chat_template="",
    bos="",
    eos="",
    layer_bytes=(100 * MIB,) * 10,
    other_bytes=200 * MIB,
    cache_bytes_a_token=1024,
)


def gpu(free: int) -> Device:
    """A GPU with that much memory free above the reserve."""
    return Device("Card", free + RESERVE, 8192 * MIB)


@pytest.mark.parametrize(
    ("wanted", "gpus", "supported", "layers", "reason"),
    [
        (-1, (), False, 0, "no GPU support"),
        (-1, (), True, 0, "no GPU was found"),
        (0, (gpu(8000 * MIB),), True, 0, "setting"),
        (5, (gpu(10 * MIB),), True, 5, "setting"),
        (999, (gpu(8000 * MIB),), True, 11, "setting"),
        (5, (), True, 0, "no GPU was found"),
        (-1, (gpu(8000 * MIB),), True, 11, "all of the model"),
        (-1, (gpu(1240 * MIB),), True, 11, "all of the model"),  # 1000 + 10 x 4 + 200: exactly all
        (-1, (gpu(1239 * MIB),), True, 10, "10 of 10 layers"),
        (-1, (gpu(520 * MIB),), True, 5, "5 of 10 layers"),  # a layer takes 100 and its cache 4
        (-1, (gpu(519 * MIB),), True, 4, "4 of 10 layers"),
        (-1, (gpu(50 * MIB),), True, 0, "0 of 10 layers"),
        (-1, (gpu(-100 * MIB),), True, 0, "0 of 10 layers"),
        (-1, (gpu(620 * MIB), gpu(620 * MIB)), True, 11, "all of the model"),
    ],
)
def test_as_many_layers_as_the_memory_holds(
    wanted: int, gpus: tuple[Device, ...], supported: bool, layers: int, reason: str
) -> None:
    placement = place(wanted, TOY, gpus, supported=supported, context_tokens=4096)
    assert placement.layers == layers
    assert reason in placement.reason


def test_fewer_layers_end_at_none() -> None:
    tried = [28]
    while tried[-1]:
        tried.append(fewer(tried[-1]))
    assert tried == [28, 14, 7, 3, 1, 0]


def test_a_build_without_gpu_support_finds_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    class CpuBuild:
        def llama_supports_gpu_offload(self) -> bool:
            return False

    monkeypatch.setattr("companion.engines.llm.placement.llama", CpuBuild)
    assert devices() == ()


def test_a_load_that_fails_on_the_gpu_is_tried_with_less_and_says_so(
    weights_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from companion.engines.llm.native import llama

    card = Device("Card", 64 << 30, 64 << 30)
    monkeypatch.setattr("companion.engines.llm.model.devices", lambda: (card,))
    real, asked = llama(), []

    class GpuBuild:
        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        def llama_supports_gpu_offload(self) -> bool:
            return True

        def llama_model_load_from_file(self, path: bytes, parameters: object) -> object:
            asked.append(parameters.n_gpu_layers)  # type: ignore[attr-defined]
            return real.llama_model_load_from_file(path, parameters) if asked[-1] <= 7 else None

    monkeypatch.setattr("companion.engines.llm.model.llama", GpuBuild)
    model = Model(weights_dir / "smollm2-135m", LlmSettings(context=512))
    assert asked == [31, 15, 7]
    assert (
        model.where()
        == "Card with 7 of 30 layers, the rest on CPU, 2 threads: 15 layers did not load on the GPU."
    )
    model.release()
