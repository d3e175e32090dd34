def is_backchannel(text): return not text
