#pragma once

#include <string>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

#include "editing/descriptor.h"

namespace portcullis {

// Gives `to` the owner, group, mode and access control list of `from`: a file that replaces another
// must not be open to more people, nor to fewer. All or a Problem; the security label as far as the
// system allows it. `path` is for the message.
tl::expected<void, Problem> copy_attributes(const Descriptor& from, const Descriptor& to,
                                            const std::string& path);

}  // namespace portcullis
