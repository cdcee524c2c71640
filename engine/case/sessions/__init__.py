"""听证 勘验 专家评审 检验检测: sessions arranged, changed, joined, recorded, closed."""
