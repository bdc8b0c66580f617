#pragma once

/// In front of a function: one copy of it per instruction set, chosen when the program starts.
#if defined(__x86_64__) && defined(__ELF__) && !defined(__SANITIZE_ADDRESS__)
#define ZSQ_PER_INSTRUCTION_SET __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ZSQ_PER_INSTRUCTION_SET
#endif
