/** Reconnect: the offline page asks for the page that was meant once there is a network again. */
addEventListener("online", () => location.reload());
