#include "cli/certificate/certificate.h"

#include <sys/resource.h>

namespace portcullis {
namespace {

// One byte, not none: of none core(5) says that a program it is piped to is run all the same.
void leave_no_core_dump() {
  constexpr rlimit kNothing{1, 1};
  ::setrlimit(RLIMIT_CORE, &kNothing);
}

}  // namespace

void add_certificate(Commands& commands) {
  Command& group = commands.add_group("certificate", "Look after certificates and keys");
  add_certificate_check(commands, group);
  add_certificate_list(commands, group);
  add_certificate_show(commands, group);
  add_certificate_import(commands, group);
  add_certificate_undo(commands, group);
  add_certificate_request(commands, group);
  add_certificate_self_signed(commands, group);
}

Command& add_with_keys(Commands& commands, Command& group, const std::string& name,
                       const std::string& help, const Commands::Run& run) {
  return commands.add_to(group, name, help, [run](const CommonOptions& options) {
    leave_no_core_dump();
    return run(options);
  });
}

}  // namespace portcullis
