#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace portcullis {

// A policy file that holds every option with its help and default, and three classes to start from.
// It loads as it is when the lists it names are beside it.
std::string render_sample_policy();

// The lists that the sample names, and what they hold.
struct SampleList {
  std::string_view file;
  std::string_view text;
};
std::vector<SampleList> sample_lists();

}  // namespace portcullis
