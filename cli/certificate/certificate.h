#pragma once

#include <string>

#include "cli/commands.h"

namespace portcullis {

// `portcullis certificate ...`: looks after the certificates that the policy names. Each subcommand
// adds itself to the group by a function of its own.
void add_certificate(Commands& commands);

void add_certificate_check(Commands& commands, Command& group);
void add_certificate_list(Commands& commands, Command& group);
void add_certificate_show(Commands& commands, Command& group);
void add_certificate_import(Commands& commands, Command& group);
void add_certificate_undo(Commands& commands, Command& group);
void add_certificate_request(Commands& commands, Command& group);
void add_certificate_self_signed(Commands& commands, Command& group);

// Adds one that has private keys in memory: it leaves no core dump.
Command& add_with_keys(Commands& commands, Command& group, const std::string& name,
                       const std::string& help, const Commands::Run& run);

}  // namespace portcullis
