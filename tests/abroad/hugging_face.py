"""Make a Hugging Face folder of a GGUF file: `python hugging_face.py MODEL.gguf FOLDER`.

It is run by the python of an engine's environment that has transformers, torch, gguf and
accelerate. The weights are those of the file, dequantised to float32; the tokenizer and its
template are the file's own. FOLDER appears when it is whole.
"""

import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def convert(gguf: Path, folder: Path) -> None:
    """Writes `folder` from the file `gguf`."""
    source = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    tokenizer = AutoTokenizer.from_pretrained(**source)
    read = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)

    # What was read remembers that it was quantised, and would not be saved as plain float32.
    config = read.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    plain = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    plain.load_state_dict(read.state_dict())
    plain.generation_config = read.generation_config

    unfinished = folder.with_name(folder.name + ".unfinished")
    plain.save_pretrained(unfinished)
    tokenizer.save_pretrained(unfinished)
    unfinished.rename(folder)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
