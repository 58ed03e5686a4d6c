"""Whatever is sent to any address, by anyone, gets an answer in words: what is sent, and how addresses are found."""
