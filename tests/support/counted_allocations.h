#pragma once

#include <cstdint>

// A program that links counted_allocations.cc has an operator new that counts. All threads
// together.
namespace portcullis::testing {

// How often memory was asked for since the program began.
std::uint64_t allocations();

// Bytes that are held now, as malloc rounds them, without its own word each.
std::uint64_t bytes_held();

}  // namespace portcullis::testing
