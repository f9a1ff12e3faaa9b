#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/diagnostic.h"

namespace portcullis {

// What the system said when the file at `path` was to be changed: "cannot be written: No space left
// on device", and what helps. `error` is errno's value. Cost: allocates.
Problem file_problem(std::string_view what, int error, const std::string& path);

// Of a file that cannot be replaced because it has `names` of them.
Problem several_names(std::size_t names);

// The folder that a file of this path is in.
std::string directory_of(const std::string& path);

// "/etc/a.list" -> "/etc/.a.list.new": a name of ours in the same folder.
std::string hidden_neighbour(const std::string& path, std::string_view suffix);

}  // namespace portcullis
