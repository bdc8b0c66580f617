#pragma once

/// What tests ask of the driver that is not one, beside what cuda.h asks. Found by dlsym in the library that
/// is open already.
extern "C" {

/// Makes the nth call from now on, from 1, of a function end with a CUresult: "cuMemAlloc", 2.
void zsq_fake_fail(const char* call, int nth, int result);

/// How often a function was called since the library was opened.
long zsq_fake_calls(const char* call);

/// Contexts, streams, modules, graphs, events and memory that were not given back.
long zsq_fake_live();

/// Of a GPU, in bytes; 13000 is a driver of CUDA 13.0; 80 is compute capability 8.0.
void zsq_fake_set(long memory, int driver_version, int capability);
}
