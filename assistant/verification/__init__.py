"""Whether a sentence that a model wrote is borne out by what it cites. Pure: values in, a judgement out."""
