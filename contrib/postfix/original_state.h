#pragma once

#include <optional>
#include <string>

#include "contrib/postfix/applied_record.h"
#include "contrib/postfix/master_entry.h"

namespace portcullis {

// An instance as it would be if no policy had ever been applied to it, by what it is now and the
// record. What somebody else has changed since stays. Pure.

// Whether both mean the same to Postfix.
bool is_same_value(const CellName& cell, const std::optional<std::string>& a,
                   const std::optional<std::string>& b);

std::optional<std::string> value_without_us(const CellName& cell,
                                            const std::optional<std::string>& now,
                                            const AppliedRecord& record);

// The settings of the service; whether it would be there at all is not looked at.
MasterEntry service_without_us(const MasterEntry& now, const AppliedRecord& record);

}  // namespace portcullis
