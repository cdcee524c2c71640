"""代理设置: who stands in for whom, set by the absent, the heads of a department, an administrator."""
