"""What `hostdeck COMMAND` does; each module has HELP, add_arguments() and run()."""
